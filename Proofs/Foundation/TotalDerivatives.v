(* Total (Frechet) derivatives of functions of time and place, and the chain rule along a trajectory. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation.
Open Scope R_scope.

(* epsilon form of is_derive *)
Lemma is_derive_eps (f : R -> R) (t l : R) :
  is_derive f t l <->
  forall eps : posreal, locally t (fun s => Rabs (f s - f t - l * (s - t)) <= eps * Rabs (s - t)).
Proof.
  split.
  - intros [_ H] eps. specialize (H t (fun P HP => HP) eps).
    revert H. apply filter_imp. intros s Hs.
    unfold minus, plus, opp, scal, norm in Hs; simpl in Hs; unfold mult, abs in Hs; simpl in Hs.
    replace (f s - f t - l * (s - t)) with (f s + - f t + - ((s + - t) * l)) by ring.
    exact Hs.
  - intros H. split; [apply is_linear_scal_l|].
    intros x Hx eps. apply (is_filter_lim_locally_unique (V := AbsRing_NormedModule R_AbsRing)) in Hx. subst x.
    generalize (H eps). apply filter_imp. intros s Hs.
    unfold minus, plus, opp, scal, norm; simpl; unfold mult, abs; simpl.
    replace (f s + - f t + - ((s + - t) * l)) with (f s - f t - l * (s - t)) by ring.
    exact Hs.
Qed.

(* Frechet differentiability of p at (t,x), l1-type remainder *)
Definition diff_at d (p : R -> vec -> R) (t : R) (x : vec) (pt : R) (px : vec) :=
  forall eps : posreal, exists del : posreal, forall s y,
    Rabs (s - t) < del -> (forall i, (i < d)%nat -> Rabs (y i - x i) < del) ->
    Rabs (p s y - p t x - (pt * (s - t) + sumn d (fun i => px i * (y i - x i))))
    <= eps * (Rabs (s - t) + sumn d (fun i => Rabs (y i - x i))).

Lemma locally_fin (t : R) d (Q : nat -> R -> Prop) :
  (forall i, (i < d)%nat -> locally t (Q i)) ->
  locally t (fun s => forall i, (i < d)%nat -> Q i s).
Proof.
  induction d; intros H.
  - apply filter_forall; intros; lia.
  - assert (H1 := IHd (fun i Hi => H i (Nat.lt_lt_succ_r _ _ Hi))).
    generalize (filter_and _ _ H1 (H d (Nat.lt_succ_diag_r d))).
    apply filter_imp. intros s [A B] i Hi.
    destruct (Nat.eq_dec i d) as [->|]; [easy|apply A; lia].
Qed.

Lemma sumn_Rabs d f : Rabs (sumn d f) <= sumn d (fun i => Rabs (f i)).
Proof.
  induction d; simpl; [rewrite Rabs_R0; lra|].
  eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.

Lemma locally_Rabs (t : R) (del : posreal) : locally t (fun s => Rabs (s - t) < del).
Proof. exists del. intros s Hs. exact Hs. Qed.

(* the chain rule along a differentiable trajectory *)
Theorem chain_rule d p t (X : R -> vec) (dX : vec) pt px :
  diff_at d p t (X t) pt px ->
  (forall i, (i < d)%nat -> is_derive (fun s => X s i) t (dX i)) ->
  is_derive (fun s => p s (X s)) t (pt + dot d px dX).
Proof.
  intros Hp HX. apply is_derive_eps. intros eps.
  set (K := sumn d (fun i => Rabs (dX i) + 1)).
  set (L := sumn d (fun i => Rabs (px i))).
  assert (HK : 0 <= K) by (apply sumn_nonneg; intros i _; assert (h := Rabs_pos (dX i)); lra).
  assert (HL : 0 <= L) by (apply sumn_nonneg; intros i _; apply Rabs_pos).
  assert (He := cond_pos eps).
  assert (He1 : 0 < eps / (2 * (K + 1))) by (apply Rdiv_lt_0_compat; lra).
  assert (He2 : 0 < eps / (2 * (L + 1))) by (apply Rdiv_lt_0_compat; lra).
  destruct (Hp (mkposreal _ He1)) as [del Hd]; simpl in Hd.
  assert (A1 : locally t (fun s => forall i, (i < d)%nat ->
      Rabs (X s i - X t i - dX i * (s - t)) <= eps / (2 * (L + 1)) * Rabs (s - t))).
  { apply locally_fin. intros i Hi.
    exact (proj1 (is_derive_eps _ _ _) (HX i Hi) (mkposreal _ He2)). }
  assert (A2 : locally t (fun s => forall i, (i < d)%nat ->
      Rabs (X s i - X t i) <= (Rabs (dX i) + 1) * Rabs (s - t))).
  { apply locally_fin. intros i Hi.
    generalize (proj1 (is_derive_eps _ _ _) (HX i Hi) (mkposreal 1 Rlt_0_1)).
    apply filter_imp. intros s Hs. simpl in Hs.
    replace (X s i - X t i) with ((X s i - X t i - dX i * (s - t)) + dX i * (s - t)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. rewrite (Rabs_mult (dX i)). lra. }
  assert (A3 : locally t (fun s => forall i, (i < d)%nat -> Rabs (X s i - X t i) < del)).
  { apply locally_fin. intros i Hi.
    assert (C : continuous (fun s => X s i) t)
      by (apply (ex_derive_continuous (V := R_NormedModule)); exists (dX i); auto).
    exact (C _ (locally_Rabs (X t i) del)). }
  generalize (filter_and _ _ A1 (filter_and _ _ A2 (filter_and _ _ A3 (locally_Rabs t del)))).
  apply filter_imp. intros s (B1 & B2 & B3 & B4).
  assert (B := Hd s (X s) B4 B3). clear Hd A1 A2 A3.
  set (h := Rabs (s - t)) in *.
  assert (Hh : 0 <= h) by apply Rabs_pos.
  replace (p s (X s) - p t (X t) - (pt + dot d px dX) * (s - t)) with
    ((p s (X s) - p t (X t) - (pt * (s - t) + sumn d (fun i => px i * (X s i - X t i))))
     + sumn d (fun i => px i * (X s i - X t i - dX i * (s - t)))).
  2:{ rewrite (sumn_ext d (fun i => px i * (X s i - X t i - dX i * (s - t)))
        (fun i => px i * (X s i - X t i) + (- (s - t)) * (px i * dX i))) by (intros; ring).
      rewrite sumn_plus, sumn_scal. unfold dot. ring. }
  eapply Rle_trans; [apply Rabs_triang|].
  assert (C1 : sumn d (fun i => Rabs (X s i - X t i)) <= K * h).
  { unfold K. rewrite Rmult_comm, <- sumn_scal. apply sumn_le; intros i Hi.
    rewrite Rmult_comm. now apply B2. }
  assert (C2 : Rabs (sumn d (fun i => px i * (X s i - X t i - dX i * (s - t))))
               <= L * (eps / (2 * (L + 1)) * h)).
  { eapply Rle_trans; [apply sumn_Rabs|]. unfold L. rewrite Rmult_comm, <- sumn_scal.
    apply sumn_le; intros i Hi. rewrite Rabs_mult, Rmult_comm.
    apply Rmult_le_compat_r; [apply Rabs_pos|now apply B1]. }
  assert (D1 : eps / (2 * (K + 1)) * (h + sumn d (fun i => Rabs (X s i - X t i))) <= eps / 2 * h).
  { apply Rle_trans with (eps / (2 * (K + 1)) * ((K + 1) * h)).
    - apply Rmult_le_compat_l; lra.
    - right. field. lra. }
  assert (D2 : L * (eps / (2 * (L + 1)) * h) <= eps / 2 * h).
  { apply Rle_trans with ((L + 1) * (eps / (2 * (L + 1)) * h)).
    - apply Rmult_le_compat_r; [apply Rmult_le_pos; lra|lra].
    - right. field. lra. }
  lra.
Qed.

(* time and space partials are special cases *)
Lemma diff_at_dt d p t x pt px : diff_at d p t x pt px -> is_derive (fun s => p s x) t pt.
Proof.
  intros H. eapply is_derive_eq.
  - apply (chain_rule d p t (fun _ => x) (fun _ => 0) pt px H).
    intros i _. apply (is_derive_const (x i)).
  - unfold dot. rewrite (sumn_ext d _ (fun _ => 0)) by (intros; ring). rewrite sumn_zero. ring.
Qed.

Lemma sumn_delta d i c : (i < d)%nat -> sumn d (fun j => if Nat.eqb j i then c else 0) = c.
Proof.
  induction d; intros Hi; [lia|simpl].
  destruct (Nat.eq_dec i d) as [->|N].
  - rewrite Nat.eqb_refl, (sumn_ext d _ (fun _ => 0)), sumn_zero; [ring|].
    intros j Hj. rewrite (proj2 (Nat.eqb_neq j d)); [easy|lia].
  - rewrite IHd by lia. rewrite (proj2 (Nat.eqb_neq d i)); [ring|lia].
Qed.

Lemma diff_at_dx d p t x pt px i : (i < d)%nat ->
  diff_at d p t x pt px -> is_derive (fun y => p t (upd x i y)) (x i) (px i).
Proof.
  intros Hi H. apply is_derive_eps. intros eps.
  destruct (H eps) as [del Hd]. exists del. intros y Hy.
  assert (Hy' : Rabs (y - x i) < del) by exact Hy.
  assert (B := Hd t (upd x i y)).
  rewrite (sumn_ext d (fun j => px j * (upd x i y j - x j))
             (fun j => if Nat.eqb j i then px i * (y - x i) else 0)) in B.
  2:{ intros j _. unfold upd. destruct (Nat.eqb_spec j i) as [->|]; ring. }
  rewrite (sumn_ext d (fun j => Rabs (upd x i y j - x j))
             (fun j => if Nat.eqb j i then Rabs (y - x i) else 0)) in B.
  2:{ intros j _. unfold upd. destruct (Nat.eqb_spec j i) as [->|]; [easy|].
      replace (x j - x j) with 0 by ring. apply Rabs_R0. }
  rewrite !sumn_delta in B by easy.
  rewrite upd_id.
  replace (p t (upd x i y) - p t x - px i * (y - x i)) with
    (p t (upd x i y) - p t x - (pt * (t - t) + px i * (y - x i))) by ring.
  replace (eps * Rabs (y - x i)) with (eps * (Rabs (t - t) + Rabs (y - x i))).
  2:{ replace (t - t) with 0 by ring. rewrite Rabs_R0. ring. }
  apply B.
  - replace (t - t) with 0 by ring. rewrite Rabs_R0. apply cond_pos.
  - intros j Hj. unfold upd. destruct (Nat.eqb_spec j i) as [->|]; [easy|].
    replace (x j - x j) with 0 by ring. rewrite Rabs_R0. apply cond_pos.
Qed.

Definition dist1 d (t : R) (x : vec) (s : R) (y : vec) :=
  Rabs (s - t) + sumn d (fun i => Rabs (y i - x i)).
Definition lin d (pt : R) (px : vec) t (x : vec) s (y : vec) :=
  pt * (s - t) + sumn d (fun i => px i * (y i - x i)).

Lemma dist1_pos d t x s y : 0 <= dist1 d t x s y.
Proof.
  apply Rplus_le_le_0_compat; [apply Rabs_pos|apply sumn_nonneg; intros; apply Rabs_pos].
Qed.

Lemma sumn_term d (f : nat -> R) i : (forall j, (j < d)%nat -> 0 <= f j) -> (i < d)%nat -> f i <= sumn d f.
Proof.
  induction d; intros H Hi; [lia|simpl].
  assert (0 <= f d) by auto with arith.
  destruct (Nat.eq_dec i d) as [->|].
  - assert (0 <= sumn d f) by (apply sumn_nonneg; auto with arith). lra.
  - assert (f i <= sumn d f) by (apply IHd; [auto with arith|lia]). lra.
Qed.

Lemma lin_bound d pt px t x s y :
  Rabs (lin d pt px t x s y) <= (Rabs pt + sumn d (fun i => Rabs (px i))) * dist1 d t x s y.
Proof.
  assert (S0 : 0 <= sumn d (fun i => Rabs (px i))) by (apply sumn_nonneg; intros; apply Rabs_pos).
  assert (S1 : 0 <= sumn d (fun i => Rabs (y i - x i))) by (apply sumn_nonneg; intros; apply Rabs_pos).
  assert (P1 := Rabs_pos pt). assert (P2 := Rabs_pos (s - t)).
  unfold lin, dist1. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
  assert (B : Rabs (sumn d (fun i => px i * (y i - x i))) <=
              sumn d (fun i => Rabs (px i)) * sumn d (fun i => Rabs (y i - x i))).
  { eapply Rle_trans; [apply sumn_Rabs|].
    rewrite (Rmult_comm (sumn d (fun i => Rabs (px i)))), <- sumn_scal. apply sumn_le; intros i Hi.
    rewrite Rabs_mult, Rmult_comm. apply Rmult_le_compat_r; [apply Rabs_pos|].
    apply (sumn_term d (fun i => Rabs (y i - x i))); [intros; apply Rabs_pos|easy]. }
  nra.
Qed.

Lemma diff_at_ext d p r t x pt px : (forall s y, p s y = r s y) ->
  diff_at d p t x pt px -> diff_at d r t x pt px.
Proof.
  intros E H eps. destruct (H eps) as [del Hd]. exists del. intros s y A B.
  rewrite <- !E. now apply Hd.
Qed.

(* 1-D function of something differentiable *)
Lemma diff_at_comp d p t x pt px (phi : R -> R) dphi :
  diff_at d p t x pt px -> is_derive phi (p t x) dphi ->
  diff_at d (fun s y => phi (p s y)) t x (dphi * pt) (fun i => dphi * px i).
Proof.
  intros Hp Hphi eps.
  set (M := Rabs pt + sumn d (fun i => Rabs (px i))).
  assert (HM : 0 <= M).
  { unfold M. assert (A := Rabs_pos pt).
    assert (0 <= sumn d (fun i => Rabs (px i))) by (apply sumn_nonneg; intros; apply Rabs_pos). lra. }
  assert (He := cond_pos eps). assert (Hd0 := Rabs_pos dphi).
  assert (E1 : 0 < eps / (2 * (M + 1))) by (apply Rdiv_lt_0_compat; lra).
  assert (E2 : 0 < Rmin 1 (eps / (2 * (Rabs dphi + 1)))).
  { apply Rmin_glb_lt; [lra|apply Rdiv_lt_0_compat; lra]. }
  destruct (proj1 (is_derive_eps _ _ _) Hphi (mkposreal _ E1)) as [d1 H1]. simpl in H1.
  destruct (Hp (mkposreal _ E2)) as [d2 H2]. simpl in H2.
  assert (HD := pos_INR d).
  assert (E3 : 0 < Rmin d2 (d1 / ((M + 1) * (INR d + 1)))).
  { apply Rmin_glb_lt; [apply cond_pos|]. apply Rdiv_lt_0_compat; [apply cond_pos|].
    apply Rmult_lt_0_compat; lra. }
  exists (mkposreal _ E3). simpl. intros s y Hs Hy.
  assert (Hs2 := Rlt_le_trans _ _ _ Hs (Rmin_l _ _)).
  assert (B := H2 s y Hs2 (fun i Hi => Rlt_le_trans _ _ _ (Hy i Hi) (Rmin_l _ _))).
  fold (lin d pt px t x s y) in B. fold (dist1 d t x s y) in B |- *.
  set (rho := dist1 d t x s y) in *. set (L := lin d pt px t x s y) in *.
  set (r := p s y - p t x) in *.
  assert (R0 : 0 <= rho) by apply dist1_pos.
  assert (LB : Rabs L <= M * rho) by apply lin_bound.
  assert (B1 : Rabs (r - L) <= rho).
  { eapply Rle_trans; [exact B|]. assert (K := Rmin_l 1 (eps / (2 * (Rabs dphi + 1)))). nra. }
  assert (B2 : Rabs (r - L) <= eps / (2 * (Rabs dphi + 1)) * rho).
  { eapply Rle_trans; [exact B|]. apply Rmult_le_compat_r; [easy|apply Rmin_r]. }
  assert (RB : Rabs r <= (M + 1) * rho).
  { replace r with ((r - L) + L) by ring. eapply Rle_trans; [apply Rabs_triang|]. lra. }
  (* p s y is close enough to p t x *)
  assert (DB : rho < d1 / (M + 1)).
  { set (c := d1 / ((M + 1) * (INR d + 1))) in *.
    assert (C0 : Rabs (s - t) < c) by exact (Rlt_le_trans _ _ _ Hs (Rmin_r _ _)).
    assert (C1 : sumn d (fun i => Rabs (y i - x i)) <= INR d * c).
    { assert (Q : forall n, (n <= d)%nat -> sumn n (fun i => Rabs (y i - x i)) <= INR n * c).
      { induction n; intros Hn; [simpl; lra|]. rewrite S_INR. simpl sumn.
        assert (A := IHn ltac:(lia)).
        assert (A' := Rlt_le_trans _ _ _ (Hy n ltac:(lia)) (Rmin_r _ _)). fold c in A'. lra. }
      now apply Q. }
    replace (d1 / (M + 1)) with ((INR d + 1) * c) by (unfold c; field; lra).
    unfold rho, dist1. lra. }
  assert (N : Rabs (p s y - p t x) < d1).
  { fold r. apply Rle_lt_trans with ((M + 1) * rho); [easy|].
    replace (pos d1) with ((M + 1) * (d1 / (M + 1))) by (field; lra).
    apply Rmult_lt_compat_l; lra. }
  assert (B3 := H1 (p s y) N). fold r in B3.
  replace (dphi * pt * (s - t) + sumn d (fun i => dphi * px i * (y i - x i))) with (dphi * L).
  2:{ unfold L, lin. rewrite Rmult_plus_distr_l, <- sumn_scal. f_equal; [ring|].
      apply sumn_ext; intros; ring. }
  replace (phi (p s y) - phi (p t x) - dphi * L) with
    ((phi (p s y) - phi (p t x) - dphi * r) + dphi * (r - L)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult.
  assert (T1 : eps / (2 * (M + 1)) * Rabs r <= eps / 2 * rho).
  { apply Rle_trans with (eps / (2 * (M + 1)) * ((M + 1) * rho)).
    - apply Rmult_le_compat_l; lra.
    - right; field; lra. }
  assert (T2 : Rabs dphi * Rabs (r - L) <= eps / 2 * rho).
  { apply Rle_trans with ((Rabs dphi + 1) * (eps / (2 * (Rabs dphi + 1)) * rho)).
    - apply Rmult_le_compat; try lra. apply Rabs_pos.
    - right; field; lra. }
  lra.
Qed.

Lemma diff_at_plus d p r t x pt px rt rx :
  diff_at d p t x pt px -> diff_at d r t x rt rx ->
  diff_at d (fun s y => p s y + r s y) t x (pt + rt) (fun i => px i + rx i).
Proof.
  intros Hp Hr eps. assert (He := cond_pos eps).
  assert (E : 0 < eps / 2) by lra.
  destruct (Hp (mkposreal _ E)) as [d1 H1]. destruct (Hr (mkposreal _ E)) as [d2 H2].
  assert (E3 : 0 < Rmin d1 d2) by (apply Rmin_glb_lt; apply cond_pos).
  exists (mkposreal _ E3). simpl in *. intros s y Hs Hy.
  assert (A := H1 s y (Rlt_le_trans _ _ _ Hs (Rmin_l _ _))
                 (fun i Hi => Rlt_le_trans _ _ _ (Hy i Hi) (Rmin_l _ _))).
  assert (B := H2 s y (Rlt_le_trans _ _ _ Hs (Rmin_r _ _))
                 (fun i Hi => Rlt_le_trans _ _ _ (Hy i Hi) (Rmin_r _ _))).
  rewrite (sumn_ext d (fun i => (px i + rx i) * (y i - x i))
            (fun i => px i * (y i - x i) + rx i * (y i - x i))) by (intros; ring).
  rewrite sumn_plus.
  set (P := sumn d (fun i => px i * (y i - x i))) in *.
  set (Q := sumn d (fun i => rx i * (y i - x i))) in *.
  replace (p s y + r s y - (p t x + r t x) - ((pt + rt) * (s - t) + (P + Q))) with
    ((p s y - p t x - (pt * (s - t) + P)) + (r s y - r t x - (rt * (s - t) + Q))) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.

Definition ex_diff_at d p t x := exists pt px, diff_at d p t x pt px.

Lemma ex_diff_ext d p r t x : (forall s y, p s y = r s y) -> ex_diff_at d p t x -> ex_diff_at d r t x.
Proof. intros E (pt & px & H). exists pt, px. now apply (diff_at_ext d p). Qed.

Lemma ex_diff_comp d p t x (phi : R -> R) :
  ex_diff_at d p t x -> ex_derive phi (p t x) -> ex_diff_at d (fun s y => phi (p s y)) t x.
Proof. intros (pt & px & H) [l Hl]. exists (l * pt), (fun i => l * px i). now apply diff_at_comp. Qed.

Lemma ex_diff_plus d p r t x : ex_diff_at d p t x -> ex_diff_at d r t x ->
  ex_diff_at d (fun s y => p s y + r s y) t x.
Proof. intros (pt & px & H) (rt & rx & H'). exists (pt + rt), (fun i => px i + rx i). now apply diff_at_plus. Qed.

Lemma ex_diff_scal d c p t x : ex_diff_at d p t x -> ex_diff_at d (fun s y => c * p s y) t x.
Proof. intros H. apply (ex_diff_comp d p t x (fun z => c * z)); [easy|auto_derive; easy]. Qed.

(* products by polarisation: only sums and squares are needed *)
Lemma ex_diff_mult d p r t x : ex_diff_at d p t x -> ex_diff_at d r t x ->
  ex_diff_at d (fun s y => p s y * r s y) t x.
Proof.
  intros Hp Hr.
  apply ex_diff_ext with (fun s y => / 4 * (p s y + r s y)^2 + (- / 4) * (p s y + (-1) * r s y)^2).
  { intros; field. }
  apply ex_diff_plus.
  - apply (ex_diff_comp d (fun s y => p s y + r s y) t x (fun z => / 4 * z^2)).
    + now apply ex_diff_plus.
    + auto_derive; easy.
  - apply (ex_diff_comp d (fun s y => p s y + (-1) * r s y) t x (fun z => (- / 4) * z^2)).
    + apply ex_diff_plus; [easy|now apply ex_diff_scal].
    + auto_derive; easy.
Qed.

Lemma ex_diff_time d (f : R -> R) t x : ex_derive f t -> ex_diff_at d (fun s _ => f s) t x.
Proof.
  intros [l H]. exists l, (fun _ => 0). intros eps.
  destruct (proj1 (is_derive_eps _ _ _) H eps) as [del Hd]. exists del. intros s y Hs _.
  rewrite (sumn_ext d _ (fun _ => 0)) by (intros; ring). rewrite sumn_zero.
  replace (f s - f t - (l * (s - t) + 0)) with (f s - f t - l * (s - t)) by ring.
  eapply Rle_trans; [exact (Hd s Hs)|].
  apply Rmult_le_compat_l; [apply Rlt_le, cond_pos|].
  assert (0 <= sumn d (fun i => Rabs (y i - x i))) by (apply sumn_nonneg; intros; apply Rabs_pos). lra.
Qed.

Lemma ex_diff_coord d i t x : (i < d)%nat -> ex_diff_at d (fun _ y => y i) t x.
Proof.
  intros Hi. exists 0, (fun j => if Nat.eqb j i then 1 else 0). intros eps.
  exists (mkposreal 1 Rlt_0_1). intros s y _ _.
  rewrite (sumn_ext d (fun j => (if Nat.eqb j i then 1 else 0) * (y j - x j))
             (fun j => if Nat.eqb j i then y i - x i else 0)).
  2:{ intros j _. destruct (Nat.eqb_spec j i) as [->|]; ring. }
  rewrite sumn_delta by easy.
  replace (y i - x i - (0 * (s - t) + (y i - x i))) with 0 by ring. rewrite Rabs_R0.
  apply Rmult_le_pos; [apply Rlt_le, cond_pos|apply (dist1_pos d t x s y)].
Qed.

Lemma ex_diff_sum d n (f : nat -> R -> vec -> R) t x :
  (forall k, (k < n)%nat -> ex_diff_at d (f k) t x) -> ex_diff_at d (fun s y => sumn n (fun k => f k s y)) t x.
Proof.
  induction n; intros H; simpl.
  - apply (ex_diff_time d (fun _ => 0)). auto_derive; easy.
  - apply ex_diff_plus; auto with arith.
Qed.

Lemma ex_diff_prod d n (f : nat -> R -> vec -> R) t x :
  (forall k, (k < n)%nat -> ex_diff_at d (f k) t x) -> ex_diff_at d (fun s y => prodn n (fun k => f k s y)) t x.
Proof.
  induction n; intros H; simpl.
  - apply (ex_diff_time d (fun _ => 1)). auto_derive; easy.
  - apply ex_diff_mult; auto with arith.
Qed.
