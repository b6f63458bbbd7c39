(* Theorem 1 for every probability over a bounded set of R^d and every Gaussian path: the derivatives are uniform over the
   data there, so nothing is left to assume but that the functions that occur have a mean. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives Gaussian ConditionalField ContinuityEquation AffinePaths
  AnyProbability.
Open Scope R_scope.

(* ---------- functions of a number and the data that are bounded and continuous uniformly over the data ---------- *)
Section Steady.
Context {T : UniformSpace}.                            (* what they are functions of: a number, or two *)
Variable Z : Type.

Definition steady (f : T -> Z -> R) (t : T) :=
  (exists B, forall z, Rabs (f t z) <= B) /\
  (forall eps, 0 < eps -> locally t (fun s => forall z, Rabs (f s z - f t z) <= eps)).

Lemma steady_data (c : Z -> R) (t : T) : (exists B, forall z, Rabs (c z) <= B) -> steady (fun _ z => c z) t.
Proof.
  intros B. split; [exact B|]. intros eps He. apply filter_forall. intros s z. rewrite Rminus_diag_eq, Rabs_R0 by reflexivity. lra.
Qed.

Lemma steady_number (f : T -> R) (t : T) : continuous f t -> steady (fun s _ => f s) t.
Proof.
  intros C. split; [exists (Rabs (f t)); intros; lra|]. intros eps He.
  destruct (proj1 (filterlim_locally (F := locally t) _ _) C (mkposreal eps He)) as (del & D).
  exists del. intros s Hs z. apply Rlt_le. exact (D s Hs).
Qed.

Lemma steady_plus f g t : steady f t -> steady g t -> steady (fun s z => f s z + g s z) t.
Proof.
  intros [(B & HB) F] [(C & HC) G]. split.
  - exists (B + C). intros z. eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat; auto.
  - intros eps He. assert (e2 : 0 < eps / 2) by lra. generalize (filter_and _ _ (F _ e2) (G _ e2)). apply filter_imp.
    intros s [H1 H2] z. replace (f s z + g s z - (f t z + g t z)) with ((f s z - f t z) + (g s z - g t z)) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. specialize (H1 z). specialize (H2 z). lra.
Qed.

Lemma steady_mult f g t : steady f t -> steady g t -> steady (fun s z => f s z * g s z) t.
Proof.
  intros [(B & HB) F] [(C & HC) G]. set (B' := Rabs B + 1). set (C' := Rabs C + 1).
  assert (B1 : 1 <= B') by (unfold B'; assert (Q := Rabs_pos B); lra). assert (C1 : 1 <= C') by (unfold C'; assert (Q := Rabs_pos C); lra).
  assert (HB' : forall z, Rabs (f t z) <= B') by (intros z; eapply Rle_trans; [apply HB|]; unfold B'; assert (Q := RRle_abs B); lra).
  assert (HC' : forall z, Rabs (g t z) <= C') by (intros z; eapply Rle_trans; [apply HC|]; unfold C'; assert (Q := RRle_abs C); lra).
  split.
  - exists (B' * C'). intros z. rewrite Rabs_mult. apply Rmult_le_compat; auto using Rabs_pos.
  - intros eps He. set (e := Rmin 1 (eps / (B' + C' + 1))).
    assert (e0 : 0 < e) by (apply Rmin_pos; [lra|apply Rdiv_lt_0_compat; lra]).
    generalize (filter_and _ _ (F e e0) (G e e0)). apply filter_imp. intros s [H1 H2] z. specialize (H1 z). specialize (H2 z).
    replace (f s z * g s z - f t z * g t z) with ((f s z - f t z) * (g s z - g t z) + ((f s z - f t z) * g t z + f t z * (g s z - g t z))) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. assert (Q := Rabs_triang ((f s z - f t z) * g t z) (f t z * (g s z - g t z))).
    rewrite !Rabs_mult in *. assert (e1 : e <= 1) by apply Rmin_l.
    assert (Q1 : Rabs (f s z - f t z) * Rabs (g s z - g t z) <= e * 1) by (apply Rmult_le_compat; try apply Rabs_pos; lra).
    assert (Q2 : Rabs (f s z - f t z) * Rabs (g t z) <= e * C') by (apply Rmult_le_compat; try apply Rabs_pos; auto).
    assert (Q3 : Rabs (f t z) * Rabs (g s z - g t z) <= B' * e) by (apply Rmult_le_compat; try apply Rabs_pos; auto).
    assert (E : e * (B' + C' + 1) <= eps).
    { apply Rle_trans with (eps / (B' + C' + 1) * (B' + C' + 1)); [apply Rmult_le_compat_r; [lra|apply Rmin_r]|]. right. field. lra. }
    lra.
Qed.

Lemma steady_opp f t : steady f t -> steady (fun s z => - f s z) t.
Proof.
  intros [(B & HB) F]. split; [exists B; intros z; rewrite Rabs_Ropp; auto|]. intros eps He. generalize (F eps He). apply filter_imp.
  intros s H z. replace (- f s z - - f t z) with (- (f s z - f t z)) by ring. rewrite Rabs_Ropp. auto.
Qed.

Lemma steady_minus f g t : steady f t -> steady g t -> steady (fun s z => f s z - g s z) t.
Proof. intros F G. apply (steady_plus f (fun s z => - g s z)); [exact F|now apply steady_opp]. Qed.

Lemma steady_exp f t : steady f t -> steady (fun s z => exp (f s z)) t.
Proof.
  intros [(B & HB) F].
  assert (U : forall z, exp (f t z) <= exp B).
  { intros z. assert (Q : f t z <= B) by (eapply Rle_trans; [apply RRle_abs|apply HB]).
    destruct Q as [Q|Q]; [left; now apply exp_increasing|rewrite Q; lra]. }
  split.
  - exists (exp B). intros z. rewrite Rabs_right by (left; apply exp_pos). apply U.
  - intros eps He. assert (P := exp_pos B). set (e := Rmin (1 / 2) (eps / (2 * exp B))).
    assert (e0 : 0 < e) by (apply Rmin_pos; [lra|apply Rdiv_lt_0_compat; lra]).
    generalize (F e e0). apply filter_imp. intros s H z. specialize (H z). set (x := f s z - f t z) in *.
    replace (exp (f s z) - exp (f t z)) with (exp (f t z) * (exp x - 1)).
    2:{ replace (f s z) with (f t z + x) by (unfold x; ring). rewrite exp_plus. ring. }
    rewrite Rabs_mult, (Rabs_right (exp _)) by (left; apply exp_pos).
    assert (e2 : e <= 1 / 2) by apply Rmin_l.
    assert (X : Rabs (exp x - 1) <= 2 * Rabs x).
    { assert (T1 := exp_ineq1_le x). assert (T2 := exp_ineq1_le (- x)).
      assert (I : exp x * exp (- x) = 1) by (rewrite <- exp_plus, Rplus_opp_r; apply exp_0). assert (Px := exp_pos x).
      assert (Hx : - (1 / 2) <= x <= 1 / 2) by (apply Rabs_le_between; lra).
      destruct (Rle_or_lt 0 x) as [L|L].
      - rewrite (Rabs_right x), Rabs_right by lra. assert (exp x * (1 - x) <= 1) by nra. nra.
      - rewrite (Rabs_left x) by lra. apply Rabs_le. split; [lra|]. assert (exp x * (1 - x) <= 1) by nra. nra. }
    apply Rle_trans with (exp B * (2 * e)).
    + apply Rmult_le_compat; [left; apply exp_pos|apply Rabs_pos|apply U|lra].
    + apply Rle_trans with (exp B * (2 * (eps / (2 * exp B)))); [|right; field; lra].
      apply Rmult_le_compat_l; [lra|]. apply Rmult_le_compat_l; [lra|apply Rmin_r].
Qed.

Lemma steady_sum n (f : nat -> T -> Z -> R) (t : T) : (forall k, (k < n)%nat -> steady (f k) t) -> steady (fun s z => sumn n (fun k => f k s z)) t.
Proof.
  induction n; intros H; simpl; [apply (steady_number (fun _ => 0)), continuous_const|].
  apply (steady_plus (fun s z => sumn n (fun k => f k s z)) (f n)); auto.
Qed.

Lemma steady_prod n (f : nat -> T -> Z -> R) (t : T) : (forall k, (k < n)%nat -> steady (f k) t) -> steady (fun s z => prodn n (fun k => f k s z)) t.
Proof.
  induction n; intros H; simpl; [apply (steady_number (fun _ => 1)), continuous_const|].
  apply (steady_mult (fun s z => prodn n (fun k => f k s z)) (f n)); auto.
Qed.

Lemma steady_gauss (s : T -> R) (data : T -> Z -> R) (y : T -> R) (t : T) : continuous s t -> continuous y t -> 0 < s t -> steady data t ->
  steady (fun r z => gauss (data r z) (s r) (y r)) t.
Proof.
  intros Cs Cy S D.
  assert (I1 : continuous (fun r => / (2 * (s r * s r))) t).
  { apply (continuous_comp (fun r => 2 * (s r * s r)) Rinv); [|apply continuous_Rinv, Rgt_not_eq; nra].
    apply (continuous_mult (K := R_AbsRing)); [apply continuous_const|now apply (continuous_mult (K := R_AbsRing))]. }
  assert (I2 : continuous (fun r => / (sqrt (2 * PI) * s r)) t).
  { apply (continuous_comp (fun r => sqrt (2 * PI) * s r) Rinv).
    - apply (continuous_mult (K := R_AbsRing)); [apply continuous_const|exact Cs].
    - apply continuous_Rinv, Rgt_not_eq, Rmult_lt_0_compat; [apply sqrt2pi_pos|exact S]. }
  assert (E : (fun r z => gauss (data r z) (s r) (y r))
    = (fun r z => exp (- ((y r - data r z) * (y r - data r z)) * / (2 * (s r * s r))) * / (sqrt (2 * PI) * s r))).
  { apply functional_extensionality. intros r. apply functional_extensionality. intros z. unfold gauss. unfold Rdiv. do 2 f_equal. simpl. f_equal; [ring|f_equal; ring]. }
  rewrite E. apply steady_mult; [|now apply steady_number]. apply steady_exp. apply steady_mult; [|now apply steady_number].
  apply steady_opp. assert (G : steady (fun r z => y r - data r z) t) by (apply steady_minus; [now apply steady_number|exact D]).
  now apply steady_mult.
Qed.

End Steady.

(* a derivative that is steady is the derivative uniformly over the data *)
Lemma steady_derivative (Z : Type) (f df : R -> Z -> R) t : locally t (fun s => forall z, is_derive (fun r => f r z) s (df s z)) ->
  steady Z df t -> derives_uniformly Z f t (df t).
Proof.
  intros D [_ C] eps. generalize (filter_and _ _ D (C eps (cond_pos eps))). intros (del & H). exists del. intros s Hs z.
  change (Rabs (s - t) < del) in Hs.
  assert (In : forall r, Rmin t s <= r <= Rmax t s -> Rabs (r - t) < del).
  { intros r Hr. eapply Rle_lt_trans; [|exact Hs]. revert Hr. unfold Rmin, Rmax, Rabs.
    destruct (Rle_dec t s); destruct (Rcase_abs (r - t)); destruct (Rcase_abs (s - t)); lra. }
  destruct (MVT_gen (fun r => f r z) t s (fun r => df r z)) as (c & Hc & E).
  - intros r Hr. apply (H r). apply In. lra.
  - intros r Hr. apply continuity_pt_filterlim. apply (ex_derive_continuous (V := R_NormedModule)). exists (df r z). apply (H r). now apply In.
  - rewrite E. replace (df c z * (s - t) - (s - t) * df t z) with ((df c z - df t z) * (s - t)) by ring. rewrite Rabs_mult.
    apply Rmult_le_compat_r; [apply Rabs_pos|]. apply (H c). now apply In.
Qed.

Section Bounded.
Variables (Z : Type) (I : (Z -> R) -> Prop) (E : (Z -> R) -> R).
Hypothesis P : probability Z I E.
Variables (d : nat) (point : Z -> vec) (r : R).               (* the data points, in a box *)
Hypothesis inside : forall z i, (i < d)%nat -> Rabs (point z i) <= r.
Variables (p : path) (t : R) (x : vec).
Hypothesis regular_near : locally t (fun s => regular p s).
Hypothesis Ca : continuous (alphaDot p) t.
Hypothesis Ch : continuous (halfVarianceDot p) t.

Let N z s y := path_density d p (point z) s y.
Let u z s y i := path_velocity p (point z) s y i.
(* dp/dt and d(p u_i)/dx_i of one data point *)
Let gap s z i := x i - alpha p s * point z i.
Definition data_dt (z : Z) : R := path_density d p (point z) t x * sumn d (fun i =>
  (x i - alpha p t * point z i) * (x i - alpha p t * point z i) * (halfVarianceDot p t / (variance p t * variance p t))
  + (x i - alpha p t * point z i) * (alphaDot p t * point z i) / variance p t - halfVarianceDot p t / variance p t).
Definition data_flux (i : nat) (z : Z) : R := path_density d p (point z) t x *
  (halfVarianceDot p t / variance p t - (x i - alpha p t * point z i) / variance p t
     * (halfVarianceDot p t / variance p t * (x i - alpha p t * point z i) + alphaDot p t * point z i)).

Lemma regular_here : regular p t.
Proof. exact (locally_singleton _ _ regular_near). Qed.

Lemma alpha_continuous : continuous (alpha p) t.
Proof. apply (ex_derive_continuous (V := R_NormedModule)). exists (alphaDot p t). apply regular_here. Qed.

Lemma sigma_continuous : continuous (sigma p) t.
Proof. apply (ex_derive_continuous (V := R_NormedModule)). exists (sigmaDot p t). apply regular_here. Qed.

Lemma point_steady i (s : R) : (i < d)%nat -> steady Z (fun _ z => point z i) s.
Proof. intros Hi. apply steady_data. exists r. intros z. now apply inside. Qed.

Lemma mean_steady i : (i < d)%nat -> steady Z (fun s z => alpha p s * point z i) t.
Proof. intros Hi. apply steady_mult; [apply steady_number, alpha_continuous|now apply point_steady]. Qed.

Lemma variance_pos : 0 < variance p t.
Proof. destruct regular_here as (S & _). unfold variance. now apply Rmult_lt_0_compat. Qed.

Lemma inverse_variance_continuous : continuous (fun s => / variance p s) t.
Proof.
  apply (continuous_comp (variance p) Rinv); [|apply continuous_Rinv, Rgt_not_eq, variance_pos].
  apply (continuous_mult (K := R_AbsRing)); apply sigma_continuous.
Qed.

(* along time *)
Let dt s z := N z s x * sumn d (fun i =>
  gap s z i * gap s z i * (halfVarianceDot p s * (/ variance p s * / variance p s))
  + gap s z i * (alphaDot p s * point z i) * / variance p s - halfVarianceDot p s * / variance p s).

Lemma density_moves s z : regular p s -> is_derive (fun q => N z q x) s (dt s z).
Proof.
  intros (S & Da & Ds). unfold N, path_density, gauss_vec. eapply is_derive_eq.
  - apply (is_derive_prodn d (fun i q => gauss (alpha p q * point z i) (sigma p q) (x i))
      (fun i => gauss_dt (alpha p s * point z i) (sigma p s) (alphaDot p s * point z i) (sigmaDot p s) (x i))).
    + intros i _. apply (gauss_derive_t (fun q => alpha p q * point z i) (sigma p)); [now apply is_derive_times|exact Ds|lra].
    + intros i _. now apply Rgt_not_eq, gauss_pos.
  - unfold dt, N, path_density, gauss_vec. f_equal. apply sumn_ext. intros i _. unfold gauss_dt, gap, sigmaDot, variance.
    assert (G := gauss_pos (alpha p s * point z i) (sigma p s) (x i) S). field. lra.
Qed.

Lemma density_steady : steady Z (fun s z => N z s x) t.
Proof.
  unfold N, path_density, gauss_vec. apply (steady_prod Z d (fun i s z => gauss (alpha p s * point z i) (sigma p s) (x i))). intros i Hi.
  apply (steady_gauss Z (sigma p) (fun s z => alpha p s * point z i) (fun _ => x i)).
  - apply sigma_continuous.
  - apply continuous_const.
  - apply regular_here.
  - now apply mean_steady.
Qed.

Lemma rate_steady : steady Z dt t.
Proof.
  assert (IV : steady Z (fun s _ => / variance p s) t) by (apply steady_number, inverse_variance_continuous).
  assert (SH : steady Z (fun s _ => halfVarianceDot p s) t) by now apply steady_number.
  apply (steady_mult Z (fun s z => N z s x)); [apply density_steady|].
  apply (steady_sum Z d (fun i s z => gap s z i * gap s z i * (halfVarianceDot p s * (/ variance p s * / variance p s))
    + gap s z i * (alphaDot p s * point z i) * / variance p s - halfVarianceDot p s * / variance p s)). intros i Hi.
  assert (G : steady Z (fun s z => gap s z i) t).
  { apply (steady_minus Z (fun _ _ => x i)); [apply (steady_number Z (fun _ => x i)), continuous_const|now apply mean_steady]. }
  apply steady_minus; [apply steady_plus|].
  - apply steady_mult; [now apply steady_mult|]. apply steady_mult; [exact SH|now apply steady_mult].
  - apply steady_mult; [|exact IV]. apply steady_mult; [exact G|]. apply steady_mult; [now apply steady_number|now apply point_steady].
  - now apply steady_mult.
Qed.

(* along one axis *)
Let rest (i : nat) (z : Z) := prodn d (fun j => if Nat.eqb j i then 1 else gauss (alpha p t * point z j) (sigma p t) (x j)).
Let slope := halfVarianceDot p t / variance p t.
Let flux_dx (i : nat) (y : R) (z : Z) := rest i z * (gauss (alpha p t * point z i) (sigma p t) y *
  (slope - (y - alpha p t * point z i) * / variance p t * (slope * (y - alpha p t * point z i) + alphaDot p t * point z i))).

Lemma density_on_axis i z y : (i < d)%nat -> N z t (upd x i y) = rest i z * gauss (alpha p t * point z i) (sigma p t) y.
Proof.
  intros Hi. unfold N, path_density, gauss_vec, rest.
  rewrite (prodn_upd d (fun j => if Nat.eqb j i then 1 else gauss (alpha p t * point z j) (sigma p t) (x j))
    (fun j => gauss (alpha p t * point z j) (sigma p t) (upd x i y j)) i Hi).
  - rewrite Nat.eqb_refl, upd_same. field.
  - rewrite Nat.eqb_refl. lra.
  - intros j _ Hj. rewrite (proj2 (Nat.eqb_neq j i) Hj). now rewrite upd_other.
Qed.

Lemma flux_moves i y z : (i < d)%nat -> is_derive (fun y => N z t (upd x i y) * u z t (upd x i y) i) y (flux_dx i y z).
Proof.
  intros Hi. destruct regular_here as (S & _).
  apply is_derive_ext with (fun y => rest i z * (gauss (alpha p t * point z i) (sigma p t) y
    * (slope * (y - alpha p t * point z i) + alphaDot p t * point z i))).
  - intros q. rewrite density_on_axis by exact Hi. unfold u, path_velocity, slope. rewrite upd_same. real_ring.
  - eapply is_derive_eq; [apply (is_derive_scal (fun y => gauss (alpha p t * point z i) (sigma p t) y
      * (slope * (y - alpha p t * point z i) + alphaDot p t * point z i))); apply gauss_derive_flux; lra|].
    unfold flux_dx, variance. f_equal. f_equal. simpl. field. lra.
Qed.

Lemma flux_steady i : (i < d)%nat -> steady Z (flux_dx i) (x i).
Proof.
  intros Hi. destruct regular_here as (S & _).
  assert (Cst : forall c s : R, steady Z (fun _ _ => c) s) by (intros; apply (steady_number Z (fun _ => c)), continuous_const).
  assert (Id : steady Z (fun y _ => y) (x i)) by (apply (steady_number Z (fun y => y)), continuous_id).
  assert (Mean : forall j, (j < d)%nat -> steady Z (fun _ z => alpha p t * point z j) (x i)).
  { intros j Hj. apply (steady_mult Z (fun _ _ => alpha p t)); [apply Cst|now apply point_steady]. }
  assert (G : steady Z (fun y z => y - alpha p t * point z i) (x i)) by (apply (steady_minus Z (fun y _ => y)); auto).
  apply (steady_mult Z (fun _ z => rest i z)).
  - apply (steady_prod Z d (fun j _ z => if Nat.eqb j i then 1 else gauss (alpha p t * point z j) (sigma p t) (x j))). intros j Hj.
    destruct (Nat.eqb j i); [apply Cst|].
    apply (steady_gauss Z (fun _ => sigma p t) (fun _ z => alpha p t * point z j) (fun _ => x j)); [apply continuous_const|apply continuous_const|exact S|now apply Mean].
  - apply steady_mult.
    + apply (steady_gauss Z (fun _ => sigma p t) (fun _ z => alpha p t * point z i) (fun y => y)); [apply continuous_const|apply continuous_id|exact S|now apply Mean].
    + apply (steady_minus Z (fun _ _ => slope)); [apply Cst|]. apply steady_mult.
      * apply steady_mult; [exact G|apply (Cst (/ variance p t))].
      * apply steady_plus; [apply (steady_mult Z (fun _ _ => slope)); [apply Cst|exact G]|].
        apply (steady_mult Z (fun _ _ => alphaDot p t)); [apply Cst|now apply point_steady].
Qed.

(* the mean density is positive: over a bounded set each data point's density is bounded below *)
Lemma gauss_below m s y B : 0 < s -> Rabs (y - m) <= B -> gauss 0 s B <= gauss m s y.
Proof.
  intros S H. unfold gauss, Rdiv. apply Rmult_le_compat_r.
  - left. apply Rinv_0_lt_compat, Rmult_lt_0_compat; [apply sqrt2pi_pos|exact S].
  - assert (Q : (y - m) * (y - m) <= B * B).
    { apply Rabs_le_between in H. nra. }
    assert (I0 : 0 < / (2 * s ^ 2)) by (apply Rinv_0_lt_compat; simpl; nra).
    assert (L : - (B - 0) ^ 2 * / (2 * s ^ 2) <= - (y - m) ^ 2 * / (2 * s ^ 2)) by (apply Rmult_le_compat_r; [lra|]; simpl; nra).
    destruct L as [L|L]; [left; now apply exp_increasing|rewrite L; right; reflexivity].
Qed.

Lemma prodn_le n f g : (forall i, (i < n)%nat -> 0 <= f i <= g i) -> 0 <= prodn n f <= prodn n g.
Proof.
  induction n; intros H; simpl; [lra|]. destruct (IHn ltac:(auto with arith)) as [A B]. destruct (H n ltac:(lia)) as [C D].
  split; [now apply Rmult_le_pos|apply Rmult_le_compat; lra].
Qed.

Lemma mean_density_positive y : I (fun z => N z t y) -> 0 < mean_density Z E N t y.
Proof.
  intros In. destruct regular_here as (S & _).
  set (c := prodn d (fun j => gauss 0 (sigma p t) (Rabs (y j) + Rabs (alpha p t) * r))).
  assert (c0 : 0 < c) by (apply prodn_pos; intros; now apply gauss_pos).
  assert (L : forall z, c <= N z t y).
  { intros z. apply (prodn_le d (fun j => gauss 0 (sigma p t) (Rabs (y j) + Rabs (alpha p t) * r))
      (fun j => gauss (alpha p t * point z j) (sigma p t) (y j))). intros j Hj. split; [left; now apply gauss_pos|]. apply gauss_below; [exact S|].
    eapply Rle_trans; [apply Rabs_triang|]. rewrite Rabs_Ropp, Rabs_mult. apply Rplus_le_compat_l.
    apply Rmult_le_compat_l; [apply Rabs_pos|now apply inside]. }
  destruct (mean_const Z I E P c) as [Ic Ec]. apply Rlt_le_trans with (E (fun _ => c)); [lra|].
  apply (proj2 (proj2 (proj2 P))); auto.
Qed.

(* Lipman et al., Theorem 1, for any probability over a bounded set of R^d, Gaussian paths, alpha = 0 included: the
   posterior mean of u_t(x|x1) generates the mean density. What is asked is that the functions that occur have a mean. *)
Theorem bounded_data_velocity_generates :
  (forall s y, I (fun z => path_density d p (point z) s y)) ->
  (forall s y i, I (fun z => path_density d p (point z) s y * path_velocity p (point z) s y i)) ->
  I data_dt -> (forall i, (i < d)%nat -> I (data_flux i)) ->
  continuity d (mean_density Z E (fun z => path_density d p (point z)))
    (mean_velocity Z E (fun z => path_density d p (point z)) (fun z => path_velocity p (point z))) t x.
Proof.
  intros In Iu It If.
  assert (Et : dt t = data_dt).
  { apply functional_extensionality. intros z. unfold dt, data_dt, N. f_equal. apply sumn_ext. intros i _.
    unfold gap. assert (V := variance_pos). field. lra. }
  assert (Ef : forall i, (i < d)%nat -> flux_dx i (x i) = data_flux i).
  { intros i Hi. apply functional_extensionality. intros z. unfold flux_dx, data_flux.
    assert (D := density_on_axis i z (x i) Hi). rewrite upd_id in D. fold (N z t x). rewrite D. unfold slope, Rdiv. ring. }
  apply (any_probability_velocity_generates Z I E P d (fun z => path_density d p (point z)) (fun z => path_velocity p (point z)) t x data_dt data_flux); auto.
  - rewrite <- Et. apply (steady_derivative Z (fun s z => N z s x) dt t); [|apply rate_steady].
    generalize regular_near. apply filter_imp. intros s Rs z. now apply density_moves.
  - intros i Hi. rewrite <- (Ef i Hi).
    apply (steady_derivative Z (fun y z => N z t (upd x i y) * u z t (upd x i y) i) (flux_dx i) (x i)); [|now apply flux_steady].
    apply filter_forall. intros y z. now apply flux_moves.
  - intros z. unfold data_dt, data_flux. rewrite sumn_scal, <- Rmult_plus_distr_l, <- sumn_plus.
    rewrite (sumn_ext d _ (fun _ => 0)), sumn_zero; [ring|]. intros i _. assert (V := variance_pos). field. lra.
  - intros y. apply Rgt_not_eq. apply mean_density_positive. exact (In t y).
Qed.
End Bounded.
