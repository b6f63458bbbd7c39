(* Flow maps of a smooth field of R^d, learned or exact: how they depend on the time and place they start from, and the
   MeanFlow identity for the velocity averaged over the way. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives SymmetricMatrices GrowthBounds GlobalTrajectories
  FlowsInSpace StartDerivative.
Open Scope R_scope.

Section Field.
Variables (d : nat) (u : R -> vec -> vec) (A : R -> vec -> nat -> vec) (a b growth : R).
Hypothesis Hab : a <= b.
Hypothesis Hgrowth : 0 <= growth.
Hypothesis smooth : smooth_field d u A a b growth.
Let flow := flow d u a b growth.
Let J s x t := flow_jacobian d u A a b growth s x s t.
Let reach := reach d a b growth.

(* Starts in one box stay together. *)
Lemma flow_lipschitz_in_its_start r s t : a <= s <= b -> a <= t <= b -> exists C, 0 <= C /\ forall y z i, in_box d r y -> in_box d r z ->
  (i < d)%nat -> Rabs (flow s t y i - flow s t z i) <= C * distance d y z.
Proof.
  intros Hs Ht. set (R0 := reach (fun _ => r)).
  assert (R1 : forall y, in_box d r y -> reach y <= R0).
  { intros y Hy. apply Rmult_le_compat_r; [left; apply exp_pos|]. apply Rplus_le_compat_l, sumn_le. intros j Hj.
    assert (B := Hy j Hj). assert (P := Rabs_pos (y j)).
    replace (y j * y j) with (Rabs (y j) * Rabs (y j)) by (rewrite <- Rabs_mult; apply Rabs_right, Rle_ge, Rle_0_sqr). nra. }
  assert (SB : forall y q, in_box d r y -> a <= q <= b -> in_box d R0 (flow s q y)).
  { intros y q Hy Hq j Hj. apply Rle_trans with (reach y); [|now apply R1].
    now apply (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s y Hs). }
  destruct (lipschitz_in_box d u A a b growth smooth R0) as (L & L0 & HL). assert (N := pos_INR d).
  set (K := exp ((1 + 2 * (L * INR d)) * Rabs (t - s))). assert (K0 : 0 < K) by apply exp_pos.
  assert (NK : 0 <= INR d * K) by (apply Rmult_le_pos; lra).
  exists (INR d * K + 1). split; [lra|]. intros y z i Hy Hz Hi.
  destruct (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s y Hs) as (Y1 & Y2 & _).
  destruct (flow_exists_in_space d u A a b growth Hab Hgrowth smooth s z Hs) as (Z1 & Z2 & _).
  assert (T := curves_stay_together d (fun q => flow s q y) (fun q => flow s q z) (fun q => u q (flow s q y)) (fun q => u q (flow s q z))
    L 0 s t L0 (fun q j Hq Hj => Y2 q j (between a b s t q Hs Ht Hq) Hj) (fun q j Hq Hj => Z2 q j (between a b s t q Hs Ht Hq) Hj)).
  cbv beta in T. rewrite !Rmult_0_r, !Rplus_0_r in T.
  assert (S1 : square_distance d (flow s s y) (flow s s z) <= INR d * (distance d y z * distance d y z)).
  { unfold square_distance. rewrite <- sumn_const. apply sumn_le. intros j Hj. unfold flow. rewrite Y1, Z1 by exact Hj.
    assert (B := distance_coord d y z j Hj). assert (P := Rabs_pos (y j - z j)).
    replace ((y j - z j) * (y j - z j)) with (Rabs (y j - z j) * Rabs (y j - z j))
      by (rewrite <- Rabs_mult; apply Rabs_right, Rle_ge, Rle_0_sqr). apply Rmult_le_compat; easy. }
  assert (S2 : square_distance d (flow s t y) (flow s t z) <= INR d * (distance d y z * distance d y z) * K).
  { eapply Rle_trans; [apply T|apply Rmult_le_compat_r; [lra|exact S1]]. intros q j Hq Hj. rewrite Rplus_0_r.
    assert (Bq := between a b s t q Hs Ht Hq). apply HL; auto. }
  assert (S3 := square_coord d (flow s t y) (flow s t z) i Hi). assert (D0 := distance_pos d y z).
  apply square_below; [apply Rmult_le_pos; lra|]. set (D := distance d y z) in *. set (M := INR d * K) in *.
  apply Rle_trans with (M * (D * D)); [unfold M; lra|].
  replace ((M + 1) * D * ((M + 1) * D)) with ((M + 1) * (M + 1) * (D * D)) by ring.
  apply Rmult_le_compat_r; [nra|nra].
Qed.

Section Start.
Variables (s : R) (x : vec).
Hypothesis Hs : a < s < b.
Let Hs' : a <= s <= b := conj (Rlt_le _ _ (proj1 Hs)) (Rlt_le _ _ (proj2 Hs)).

(* The trajectory through x at time r is at x - (r - s) u_s(x) at time s, but for a smaller rest. *)
Lemma place_a_little_earlier eps : 0 < eps -> exists del, 0 < del /\ forall r, Rabs (r - s) < del -> a <= r <= b ->
  forall j, (j < d)%nat -> Rabs (flow r s x j - (x j - (r - s) * u s x j)) <= eps * Rabs (r - s).
Proof.
  intros He. destruct smooth as (_ & _ & _ & Ct & G). set (R0 := reach x).
  destruct (lipschitz_in_box d u A a b growth smooth R0) as (L & L0 & HL). assert (N := pos_INR d).
  assert (R00 : 0 <= R0) by apply reach_pos. set (B := growth * (1 + INR d * R0)).
  assert (B0 : 0 <= B) by (apply Rmult_le_pos; [exact Hgrowth|]; assert (0 <= INR d * R0) by (now apply Rmult_le_pos); lra).
  destruct (finite_margin d (fun j e => forall q, a <= q <= b -> Rabs (q - s) < e -> Rabs (u q x j - u s x j) < eps / 2)) as (del & D0 & D).
  { intros j e e' H Le q Hq Hqs. apply H; [exact Hq|lra]. }
  { intros j Hj. exact (Ct s x j (eps / 2) Hs' Hj ltac:(lra)). }
  set (M := L * (INR d * B) + 1). assert (M1 : 1 <= M) by (unfold M; assert (0 <= L * (INR d * B)) by (apply Rmult_le_pos; [lra|apply Rmult_le_pos; [lra|exact B0]]); lra).
  exists (Rmin del (eps / (2 * M))). split; [apply Rmin_pos; [exact D0|apply Rdiv_lt_0_compat; lra]|].
  intros r Hr Br j Hj. set (Y := fun q => flow r q x).
  assert (r1 : Rabs (r - s) < del) by (eapply Rlt_le_trans; [exact Hr|apply Rmin_l]).
  assert (r2 : M * Rabs (r - s) <= eps / 2).
  { assert (Q : Rabs (r - s) < eps / (2 * M)) by (eapply Rlt_le_trans; [exact Hr|apply Rmin_r]).
    apply Rlt_le, (Rmult_le_compat_l M) in Q; [|lra]. replace (M * (eps / (2 * M))) with (eps / 2) in Q by (field; lra). exact Q. }
  destruct (flow_exists_in_space d u A a b growth Hab Hgrowth smooth r x Br) as (Y1 & Y2 & Y3). fold flow in Y1, Y2, Y3. fold Y in Y2, Y3.
  assert (X3 : in_box d R0 x).
  { intros k Hk. rewrite <- (Y1 k Hk). now apply Y3. }
  assert (Step : forall q k, (k < d)%nat -> Rmin r s <= q <= Rmax r s -> exists c, Rmin r s <= c <= Rmax r s /\ Y q k - x k = u c (Y c) k * (q - r)).
  { intros q k Hk Hq. assert (I : forall c, Rmin r q <= c <= Rmax r q -> Rmin r s <= c <= Rmax r s).
    { intros c. unfold Rmin, Rmax in *. destruct (Rle_dec r s), (Rle_dec r q); lra. }
    destruct (MVT_gen (fun q => Y q k) r q (fun q => u q (Y q) k)) as (c & Hc & E).
    - intros c Hc. apply Y2; [|exact Hk]. apply (between a b r s c Br Hs'), I. lra.
    - intros c Hc. apply continuity_pt_filterlim. apply (ex_derive_continuous (V := R_NormedModule)). eexists.
      apply Y2; [|exact Hk]. apply (between a b r s c Br Hs'), I, Hc.
    - exists c. split; [now apply I|]. rewrite <- E. unfold Y at 3. now rewrite Y1. }
  destruct (Step s j Hj ltac:(split; [apply Rmin_r|apply Rmax_r])) as (c & Hc & E).
  assert (Bc := between a b r s c Br Hs' Hc).
  assert (cs : Rabs (c - s) <= Rabs (r - s)).
  { unfold Rmin, Rmax in Hc. destruct (Rle_dec r s); unfold Rabs; destruct (Rcase_abs (c - s)), (Rcase_abs (r - s)); lra. }
  assert (Near : distance d (Y c) x <= INR d * (B * Rabs (r - s))).
  { apply distance_le. intros k Hk. destruct (Step c k Hk Hc) as (e & He' & ->). assert (Be := between a b r s e Br Hs' He').
    rewrite Rabs_mult. apply Rmult_le_compat; try apply Rabs_pos.
    - eapply Rle_trans; [now apply G|]. apply Rmult_le_compat_l; [exact Hgrowth|]. apply Rplus_le_compat_l.
      unfold size. rewrite <- sumn_const. apply sumn_le. intros l Hl. now apply Y3.
    - unfold Rmin, Rmax in Hc. destruct (Rle_dec r s); unfold Rabs; destruct (Rcase_abs (c - r)), (Rcase_abs (r - s)); lra. }
  change (flow r s x j) with (Y s j). replace (Y s j - (x j - (r - s) * u s x j)) with ((u c (Y c) j - u s x j) * (s - r)) by lra.
  rewrite Rabs_mult, (Rabs_minus_sym s r). apply Rmult_le_compat_r; [apply Rabs_pos|].
  replace (u c (Y c) j - u s x j) with ((u c (Y c) j - u c x j) + (u c x j - u s x j)) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  assert (T1 : Rabs (u c (Y c) j - u c x j) <= L * distance d (Y c) x) by (apply HL; [exact Bc|exact Hj|now apply Y3|exact X3]).
  assert (T2 : Rabs (u c x j - u s x j) < eps / 2) by (apply (D j Hj c Bc); lra).
  assert (T3 : L * distance d (Y c) x <= L * (INR d * (B * Rabs (r - s)))) by now apply Rmult_le_compat_l.
  assert (P := Rabs_pos (r - s)). unfold M in r2. lra.
Qed.

(* d/ds phi_(s to t)(x) + sum_k d phi/d x_k u_k(s, x) = 0. *)
Theorem flow_forgets_its_start t i : a <= t <= b -> (i < d)%nat ->
  is_derive (fun r => flow r t x i) s (- sumn d (fun k => J s x t i k * u s x k)).
Proof.
  intros Ht Hi. set (v := u s x).
  assert (W : is_derive (fun h => flow s t (moved x v h) i) 0 (sumn d (fun k => J s x t i k * v k))).
  { eapply is_derive_eq; [apply (flow_differentiable_in_its_start d u A a b growth Hab Hgrowth smooth s x Hs' v t i Ht Hi)|].
    now apply (variation_is_linear d u A a b growth Hab Hgrowth smooth s x Hs' s v t i). }
  set (w := sumn d (fun k => J s x t i k * v k)) in *.
  set (far := sumn d (fun j => Rabs (x j)) + sumn d (fun j => Rabs (v j)) + 1).
  destruct (flow_lipschitz_in_its_start far s t Hs' Ht) as (C & C0 & HC). assert (N := pos_INR d).
  apply is_derive_eps. intros eps. assert (He := cond_pos eps).
  set (e1 := eps / (2 * (C * INR d + 1))). assert (CN : 0 <= C * INR d) by (now apply Rmult_le_pos).
  assert (e10 : 0 < e1) by (apply Rdiv_lt_0_compat; lra).
  destruct (place_a_little_earlier e1 e10) as (d1 & D1 & K1).
  destruct (proj1 (is_derive_eps _ _ _) W (mkposreal (eps / 2) ltac:(lra))) as (d2 & K2). simpl in K2.
  set (del := Rmin (Rmin d1 d2) (Rmin (Rmin 1 (/ e1)) (Rmin (s - a) (b - s)))).
  assert (del0 : 0 < del).
  { unfold del. repeat apply Rmin_pos; try lra; [apply cond_pos|now apply Rinv_0_lt_compat]. }
  exists (mkposreal del del0). intros r Hr. change (Rabs (r - s) < del) in Hr.
  assert (H1 : Rabs (r - s) < d1) by (eapply Rlt_le_trans; [exact Hr|eapply Rle_trans; [apply Rmin_l|apply Rmin_l]]).
  assert (H2 : Rabs (r - s) < d2) by (eapply Rlt_le_trans; [exact Hr|eapply Rle_trans; [apply Rmin_l|apply Rmin_r]]).
  assert (H3 : Rabs (r - s) < Rmin 1 (/ e1)) by (eapply Rlt_le_trans; [exact Hr|eapply Rle_trans; [apply Rmin_r|apply Rmin_l]]).
  assert (H4 : Rabs (r - s) < 1) by (eapply Rlt_le_trans; [exact H3|apply Rmin_l]).
  assert (H5 : e1 * Rabs (r - s) <= 1).
  { assert (Q : Rabs (r - s) < / e1) by (eapply Rlt_le_trans; [exact H3|apply Rmin_r]).
    apply Rlt_le, (Rmult_le_compat_l e1) in Q; [|lra]. rewrite Rinv_r in Q by lra. exact Q. }
  assert (H6 : Rabs (r - s) < Rmin (s - a) (b - s)) by (eapply Rlt_le_trans; [exact Hr|eapply Rle_trans; [apply Rmin_r|apply Rmin_r]]).
  assert (Br : a <= r <= b).
  { assert (Q1 := Rlt_le_trans _ _ _ H6 (Rmin_l _ _)). assert (Q2 := Rlt_le_trans _ _ _ H6 (Rmin_r _ _)).
    apply Rabs_def2 in Q1. apply Rabs_def2 in Q2. lra. }
  set (y := flow r s x). set (z := moved x v (- (r - s))).
  assert (K3 : forall j, (j < d)%nat -> Rabs (y j - z j) <= e1 * Rabs (r - s)).
  { intros j Hj. replace (y j - z j) with (flow r s x j - (x j - (r - s) * u s x j)) by (unfold y, z, moved, v; ring). now apply K1. }
  assert (Bz : forall j, (j < d)%nat -> Rabs (z j) <= far - 1).
  { intros j Hj. unfold z, moved. eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_mult, Rabs_Ropp.
    assert (X1 := sumn_term d (fun j => Rabs (x j)) j ltac:(intros; apply Rabs_pos) Hj).
    assert (X2 := sumn_term d (fun j => Rabs (v j)) j ltac:(intros; apply Rabs_pos) Hj). cbv beta in X1, X2.
    assert (P := Rabs_pos (v j)). unfold far. nra. }
  assert (By : in_box d far y).
  { intros j Hj. replace (y j) with (z j + (y j - z j)) by ring. eapply Rle_trans; [apply Rabs_triang|].
    assert (Q1 := Bz j Hj). assert (Q2 := K3 j Hj). lra. }
  assert (Bz' : in_box d far z) by (intros j Hj; assert (Q := Bz j Hj); lra).
  assert (E1 : flow r t x i = flow s t y i) by (symmetry; now apply (flows_compose d u A a b growth Hab Hgrowth smooth r s t x Br Hs' Ht)).
  assert (E2 := HC y z i By Bz' Hi).
  assert (E3 : distance d y z <= INR d * (e1 * Rabs (r - s))) by now apply distance_le.
  assert (E4 := K2 (- (r - s))). assert (E5 : ball 0 d2 (- (r - s))).
  { change (Rabs (- (r - s) - 0) < d2). rewrite Rminus_0_r, Rabs_Ropp. exact H2. }
  specialize (E4 E5). rewrite Rminus_0_r, Rabs_Ropp in E4. fold z in E4.
  replace (moved x v 0) with x in E4 by (apply functional_extensionality; intros; unfold moved; ring).
  rewrite E1. replace (flow s t y i - flow s t x i - - w * (r - s)) with
    ((flow s t y i - flow s t z i) + (flow s t z i - flow s t x i - w * - (r - s))) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  assert (E6 : C * distance d y z <= C * (INR d * (e1 * Rabs (r - s)))) by now apply Rmult_le_compat_l.
  assert (E7 : (C * INR d + 1) * e1 = eps / 2) by (unfold e1; field; lra).
  assert (P := Rabs_pos (r - s)).
  assert (E8 : C * (INR d * (e1 * Rabs (r - s))) <= eps / 2 * Rabs (r - s)).
  { rewrite <- E7. replace (C * (INR d * (e1 * Rabs (r - s)))) with (C * INR d * e1 * Rabs (r - s)) by ring.
    apply Rmult_le_compat_r; [exact P|]. lra. }
  lra.
Qed.
End Start.

(* the velocity averaged over the way from x at time t to time r: phi_(t to r)(x) = x - (t - r) mean_velocity *)
Definition mean_velocity (r t : R) (x : vec) : vec := fun i => (x i - flow t r x i) / (t - r).

(* MeanFlow: w_(r,t)(x) = u_t(x) - (t - r) (sum_k u_k dw/dx_k + dw/dt), for r before t and after it. *)
Theorem mean_flow_identity r t x i : a <= r <= b -> a < t < b -> r <> t -> (i < d)%nat -> exists (wx : vec) wt,
  (forall k, (k < d)%nat -> is_derive (fun y => mean_velocity r t (upd x k y) i) (x k) (wx k)) /\
  is_derive (fun q => mean_velocity r q x i) t wt /\
  mean_velocity r t x i = u t x i - (t - r) * (sumn d (fun k => u t x k * wx k) + wt).
Proof.
  intros Hr Ht N Hi. assert (D : t - r <> 0) by lra. assert (Ht' : a <= t <= b) by lra.
  set (ju := sumn d (fun k => J t x r i k * u t x k)).
  exists (fun k => (kronecker i k - J t x r i k) / (t - r)), ((ju - mean_velocity r t x i) / (t - r)). split; [|split].
  - intros k Hk. unfold mean_velocity, Rdiv. apply is_derive_times.
    apply (is_derive_minus (fun y => upd x k y i) (fun y => flow t r (upd x k y) i)).
    + unfold upd, kronecker. destruct (Nat.eqb_spec i k); [exact (is_derive_id (K := R_AbsRing) (x k))|apply (is_derive_const (x i))].
    + exact (flow_has_partial_derivatives d u A a b growth Hab Hgrowth smooth t x Ht' r i k Hr Hi).
  - unfold mean_velocity. eapply is_derive_eq.
    + apply (is_derive_div (fun q => x i - flow q r x i) (fun q => q - r)); [| |exact D].
      * apply (is_derive_minus (fun _ => x i)); [apply (is_derive_const (x i))|now apply flow_forgets_its_start].
      * instantiate (1 := 1). auto_derive; [easy|ring].
    + unfold minus, plus, opp, zero; simpl. fold ju. field. exact D.
  - assert (E : sumn d (fun k => u t x k * ((kronecker i k - J t x r i k) / (t - r))) = (u t x i - ju) / (t - r)).
    { rewrite (sumn_ext d _ (fun k => / (t - r) * (kronecker i k * u t x k - J t x r i k * u t x k))) by (intros; field; exact D).
      rewrite sumn_scal, sumn_minus, sumn_kronecker by exact Hi. unfold ju, Rdiv. ring. }
    rewrite E. field. exact D.
Qed.

(* The same with data at time 0 and noise at time 1, t' = 1 - t: v'_t'(x) = -u_(1-t')(x) and w'_(r',t') = -w_(1-r',1-t'); no
   sign of the identity changes, and x - (t' - r') w' is the point at r' again. *)
Theorem mean_flow_identity_reversed r t x i : a <= 1 - r <= b -> a < 1 - t < b -> r <> t -> (i < d)%nat ->
  let v q y k := - u (1 - q) y k in
  let w q q' y k := - mean_velocity (1 - q) (1 - q') y k in
  x i - (t - r) * w r t x i = flow (1 - t) (1 - r) x i /\
  exists (wx : vec) wt, (forall k, (k < d)%nat -> is_derive (fun y => w r t (upd x k y) i) (x k) (wx k)) /\
    is_derive (fun q => w r q x i) t wt /\
    w r t x i = v t x i - (t - r) * (sumn d (fun k => v t x k * wx k) + wt).
Proof.
  intros Hr Ht N Hi v w. split; [unfold w, mean_velocity; field; lra|].
  destruct (mean_flow_identity (1 - r) (1 - t) x i Hr Ht ltac:(lra) Hi) as (wx & wt & Dx & Dt & E).
  exists (fun k => - wx k), wt. split; [|split].
  - intros k Hk. exact (is_derive_opp (V := R_NormedModule) (fun y => mean_velocity (1 - r) (1 - t) (upd x k y) i) (x k) (wx k) (Dx k Hk)).
  - eapply is_derive_eq.
    + apply (is_derive_opp (V := R_NormedModule) (fun q => mean_velocity (1 - r) (1 - q) x i)).
      exact (is_derive_reversed (fun q => mean_velocity (1 - r) q x i) t wt Dt).
    + unfold opp; simpl. ring.
  - unfold w, v. rewrite E. rewrite (sumn_ext d (fun k => - u (1 - t) x k * - wx k) (fun k => u (1 - t) x k * wx k)) by (intros; ring). ring.
Qed.
End Field.
